"""Disks of bounded size that are filled and freed: tmpfs, in a mount namespace of the test's own."""
import os
import shutil
import subprocess
import sys

STEP = 64 * 1024


def in_own_mounts():
    """Runs this program again where its mounts are nobody else's and end with it."""
    if os.environ.get("HADIR_OWN_MOUNTS") == "1":
        return
    root = os.geteuid() == 0
    own = ["unshare", "--mount"] if root else ["unshare", "--mount", "--user", "--map-root-user"]
    # In a chroot the root folder is no mount whose propagation could be set.
    for unshare in (own, [*own, "--propagation", "unchanged"]):
        if subprocess.run([*unshare, "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            os.environ["HADIR_OWN_MOUNTS"] = "1"
            os.execvp(unshare[0], [*unshare, sys.executable, "-B", *sys.argv])
    if not root:
        sys.exit("# FAILED: a full disk needs root, or user namespaces that this machine allows")


class Disk:
    def __init__(self, folder, mib):
        """Mounted on `folder`, which is made."""
        self.folder, self.filler = folder, os.path.join(folder, "filler")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "hadir-flow", folder], check=True)

    def free(self):
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize

    def fill(self, leave=0):
        """Up to `leave` bytes that stay free."""
        with open(self.filler, "ab", buffering=0) as file:
            while self.free() > leave:
                try:
                    file.write(b"\1" * min(STEP, self.free() - leave))
                except OSError:  # somebody else was faster
                    break

    def empty(self):
        if os.path.exists(self.filler):
            os.unlink(self.filler)

    def close(self):
        """What lay on it lies in the folder itself afterwards."""
        self.empty()
        beside = self.folder + ".was"
        shutil.copytree(self.folder, beside, ignore_dangling_symlinks=True)
        subprocess.run(["umount", "--lazy", self.folder], check=True)  # a killed one's children may still end
        os.rmdir(self.folder)
        os.rename(beside, self.folder)

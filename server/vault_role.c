#include "server/vault_role.h"

#include "protocol/process/channel.h"
#include "protocol/process/roles.h"
#include "server/messages.h"
#include "server/server_keys.h"
#include "server/vault.h"
#include "server/wire.h"

typedef struct {
	Vault *vault;
	RoleContext *role;
	Channel *core;
} VaultRole;

static void reply(VaultRole *self, guint8 type, const WireBuffer *message)
{
	if (message->failed || !channel_send(self->core, type, message->data, message->size))
		g_warning("vault: an answer of %zu bytes could not be sent", message->size);
}

static gboolean on_load(VaultRole *self, Slice payload)
{
	VaultReference reference;
	if (!vault_reference_decode(payload, &reference))
		return FALSE;
	if (!vault_load(self->vault, &reference))
		g_warning("vault: reference %" G_GINT64_FORMAT " does not open", reference.reference);
	return TRUE;
}

static gboolean on_forget(VaultRole *self, Slice payload)
{
	gint64 reference;
	if (!vault_forget_decode(payload, &reference))
		return FALSE;
	vault_forget(self->vault, reference);
	return TRUE;
}

static gboolean on_enrol(VaultRole *self, Slice payload)
{
	VaultEnrol enrol;
	VaultEnrolled answer;
	if (!vault_enrol_decode(payload, &enrol))
		return FALSE;
	vault_enrol(self->vault, &enrol, &answer);
	g_auto(WireBuffer) out = {0};
	vault_enrolled_encode(&out, &answer);
	reply(self, SERVER_VAULT_ENROLLED, &out);
	return TRUE;
}

static gboolean on_reseal(VaultRole *self, Slice payload)
{
	VaultReseal reseal;
	VaultResealed answer;
	if (!vault_reseal_decode(payload, &reseal))
		return FALSE;
	vault_reseal(self->vault, &reseal, &answer);
	g_auto(WireBuffer) out = {0};
	vault_resealed_encode(&out, &answer);
	reply(self, SERVER_VAULT_RESEALED, &out);
	return TRUE;
}

static gboolean on_verify(VaultRole *self, Slice payload)
{
	VaultVerify verify;
	VaultVerified answer;
	if (!vault_verify_decode(payload, &verify))
		return FALSE;
	vault_verify(self->vault, &verify, &answer);
	g_auto(WireBuffer) out = {0};
	vault_verified_encode(&out, &answer);
	reply(self, SERVER_VAULT_VERIFIED, &out);
	return TRUE;
}

static const struct {
	guint8 type;
	gboolean (*handle)(VaultRole *self, Slice payload);
} handlers[] = {
	{SERVER_VAULT_LOAD, on_load},     {SERVER_VAULT_FORGET, on_forget},
	{SERVER_VAULT_ENROL, on_enrol},   {SERVER_VAULT_RESEAL, on_reseal},
	{SERVER_VAULT_VERIFY, on_verify},
};

static void on_message(Channel *channel, guint8 type, const guint8 *payload, gsize size,
					   gpointer user)
{
	(void)channel;
	for (gsize i = 0; i < G_N_ELEMENTS(handlers); i++) {
		if (handlers[i].type != type)
			continue;
		if (!handlers[i].handle(user, (Slice){payload, size}))
			g_warning("vault: a message of type %u is malformed", type);
		return;
	}
	g_warning("vault: a message of unknown type %u", type);
}

static void on_closed(Channel *channel, gpointer user)
{
	VaultRole *self = user;
	if (self->core == channel)
		self->core = NULL;
	channel_free(channel);
}

static void on_linked(const char *peer, int fd, gpointer user)
{
	VaultRole *self = user;
	(void)peer;
	g_clear_pointer(&self->core, channel_free);
	self->core = channel_new(fd, on_message, on_closed, self);
}

static void on_stopping(gpointer user)
{
	VaultRole *self = user;
	role_quit(self->role);
}

int vault_role_run(const ServerConfig *config)
{
	g_autoptr(GError) error = NULL;
	ServerKey *key = server_keys_vault(config, &error);
	if (key == NULL) {
		g_printerr("hadir-server: vault: %s\n", error->message);
		return 1;
	}
	VaultRole self = {.vault = vault_new(key)};
	self.role = role_new(on_linked, on_stopping, &self);
	role_run(self.role);
	g_clear_pointer(&self.core, channel_free);
	role_free(self.role);
	vault_free(self.vault);
	return 0;
}

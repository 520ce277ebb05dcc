/* hadir-terminal-sim: the same program with the simulated drivers too, and `--history`. */
#include "firmware/history.h"
#include "firmware/program.h"

static const ProgramExtra history = {
	.option = "history",
	.help = "Journal scripted punches (at_ms,person,reference,score) and exit",
	.run = history_run,
};

int main(int argc, char **argv)
{
	return program_main(&hal_drivers_sim, &history, argc, argv);
}

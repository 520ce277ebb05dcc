/* hadir-terminal: the drivers of real devices, and no others. */
#include "firmware/program.h"

int main(int argc, char **argv)
{
	return program_main(&hal_drivers, NULL, argc, argv);
}

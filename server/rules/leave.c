#include "server/rules/leave.h"

const DayLeave *leave_over(const DayLeave *leaves, gsize n, DaySlot slot)
{
	for (gsize i = 0; i < n; i++)
		if ((leaves[i].slot & slot) == slot)
			return &leaves[i];
	return NULL;
}

#include "tools/hadir/cmd_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/rules/calendar.h"
#include "server/store/history.h"

void cmd_json_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, text != NULL ? json_string(text) : json_null());
}

static void set_day(json_t *object, const char *name, gint64 day)
{
	char text[CALENDAR_TEXT];
	calendar_format(day, text);
	json_object_set_new(object, name, json_string(text));
}

void cmd_json_days(json_t *object, gint64 from_day, gint64 to_day)
{
	if (from_day == DAY_ALWAYS)
		json_object_set_new(object, "from", json_null());
	else
		set_day(object, "from", from_day);
	if (to_day == DAY_OPEN)
		json_object_set_new(object, "to", json_null());
	else
		set_day(object, "to", to_day - 1);
}

void cmd_json_print(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
	printf("%s\n", text);
	free(text);
	json_decref(object);
}

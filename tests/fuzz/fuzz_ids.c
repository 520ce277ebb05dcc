/* Topics and the names in them: texts from a broker. */
#include <stdlib.h>
#include <string.h>

#include "protocol/topic.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	Topic topic;
	TerminalId terminal;
	RandomId id;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (topic_parse(&topic, text, fuzz_sha256)) {
		char again[TOPIC_MAX];
		topic_format(again, topic.kind, &topic.terminal, fuzz_sha256);
		fuzz_must(strcmp(again, text) == 0);
	}
	if (terminal_id_parse(&terminal, slice_of(data, size)))
		fuzz_must(strcmp(terminal.text, text) == 0);
	if (random_id_parse(&id, text)) {
		char again[RANDOM_ID_TEXT];
		random_id_format(&id, again);
		fuzz_must(strcmp(again, text) == 0);
	}
	Finger finger = finger_parse(text);
	fuzz_must(finger == 0 || strcmp(finger_name(finger), text) == 0);
	free(text);
	return 0;
}

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/process/channel.h"
#include "protocol/process/handover.h"

typedef struct {
	GMainLoop *loop;
	GPtrArray *messages; /* GBytes: type byte and payload */
	guint wanted;
	gboolean closed, free_when_received;
} Receiver;

static void on_received(Channel *channel, guint8 type, const guint8 *payload, gsize size,
						gpointer user)
{
	Receiver *receiver = user;
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, &type, 1);
	g_byte_array_append(bytes, payload, (guint)size);
	g_ptr_array_add(receiver->messages, g_byte_array_free_to_bytes(bytes));
	if (receiver->free_when_received)
		channel_free(channel);
	if (receiver->messages->len == receiver->wanted)
		g_main_loop_quit(receiver->loop);
}

static void on_closed(Channel *channel, gpointer user)
{
	Receiver *receiver = user;

	(void)channel;
	receiver->closed = TRUE;
	g_main_loop_quit(receiver->loop);
}

static void receiver_init(Receiver *receiver, guint wanted)
{
	memset(receiver, 0, sizeof *receiver);
	receiver->loop = g_main_loop_new(NULL, FALSE);
	receiver->messages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	receiver->wanted = wanted;
}

static void receiver_clear(Receiver *receiver)
{
	g_main_loop_unref(receiver->loop);
	g_ptr_array_unref(receiver->messages);
}

static void make_pair(int ends[2])
{
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
}

static void whole_messages_arrive_in_order(void)
{
	int ends[2];
	Receiver receiver;
	g_autofree guint8 *large = g_malloc0(CHANNEL_SIZE_MAX);

	make_pair(ends);
	receiver_init(&receiver, 5);
	g_autoptr(Channel) a = channel_new(ends[0], on_received, on_closed, &receiver);
	g_autoptr(Channel) b = channel_new(ends[1], on_received, on_closed, &receiver);
	for (guint8 type = 1; type <= 3; type++)
		g_assert_true(channel_send(a, type, "payload", type));
	g_assert_true(channel_send(a, 4, large, CHANNEL_SIZE_MAX)); /* more than the kernel takes */
	g_assert_true(channel_send(a, 5, NULL, 0));
	g_assert_false(channel_send(a, 6, large, CHANNEL_SIZE_MAX + 1));
	g_main_loop_run(receiver.loop);
	for (guint8 type = 1; type <= 5; type++) {
		gsize size;
		const guint8 *bytes = g_bytes_get_data(receiver.messages->pdata[type - 1], &size);
		g_assert_cmpuint(bytes[0], ==, type);
		g_assert_cmpuint(size - 1, ==, type <= 3 ? type : type == 4 ? CHANNEL_SIZE_MAX : 0);
	}
	g_assert_cmpuint(channel_backlog(a), ==, 0);
	receiver_clear(&receiver);
}

static void broken_framing_closes(void)
{
	static const guint8 cases[][5] = {
		{0, 0, 0, 0, 1},             /* no room for the type */
		{0xff, 0xff, 0xff, 0xff, 1}, /* four gigabytes announced */
		{2, 0, 0x10, 0, 1},          /* one byte over the limit */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		int ends[2];
		Receiver receiver;

		make_pair(ends);
		receiver_init(&receiver, 1);
		g_autoptr(Channel) channel = channel_new(ends[0], on_received, on_closed, &receiver);
		g_assert_cmpint(write(ends[1], cases[i], 5), ==, 5);
		g_main_loop_run(receiver.loop);
		g_assert_true(receiver.closed);
		g_assert_cmpuint(receiver.messages->len, ==, 0);
		g_assert_false(channel_send(channel, 1, NULL, 0));
		close(ends[1]);
		receiver_clear(&receiver);
	}
}

static void the_end_of_the_peer_is_told_after_its_last_message(void)
{
	int ends[2];
	Receiver receiver;

	make_pair(ends);
	receiver_init(&receiver, 2);
	g_autoptr(Channel) channel = channel_new(ends[0], on_received, on_closed, &receiver);
	g_assert_cmpint(write(ends[1], "\1\0\0\0\7", 5), ==, 5);
	close(ends[1]);
	g_main_loop_run(receiver.loop);
	g_assert_true(receiver.closed);
	g_assert_cmpuint(receiver.messages->len, ==, 1);
	receiver_clear(&receiver);
}

static void a_callback_may_free_its_channel(void)
{
	int ends[2];
	Receiver receiver;

	make_pair(ends);
	receiver_init(&receiver, 1);
	receiver.free_when_received = TRUE;
	channel_new(ends[0], on_received, on_closed, &receiver);
	g_assert_cmpint(write(ends[1], "\1\0\0\0\7\1\0\0\0\7", 10), ==, 10);
	g_main_loop_run(receiver.loop);
	g_assert_cmpuint(receiver.messages->len, ==, 1);
	close(ends[1]);
	receiver_clear(&receiver);
}

typedef struct {
	GMainLoop *loop;
	guint next;
} Counter;

#define N_ITEMS 10000

static void on_item(gpointer item, gpointer user)
{
	Counter *counter = user;

	g_assert_cmpuint(GPOINTER_TO_UINT(item), ==, counter->next);
	if (++counter->next > N_ITEMS)
		g_main_loop_quit(counter->loop);
}

static gpointer push_items(gpointer user)
{
	for (guint i = 1; i <= N_ITEMS; i++)
		while (!handover_push(user, GUINT_TO_POINTER(i)))
			g_thread_yield();
	return NULL;
}

static void items_cross_threads_in_order_and_bounded(void)
{
	Counter counter = {g_main_loop_new(NULL, FALSE), 1};
	Handover *handover = handover_new(16, on_item, NULL, &counter);
	GThread *thread = g_thread_new("pusher", push_items, handover);

	g_main_loop_run(counter.loop);
	g_thread_join(thread);
	handover_free(handover);
	g_main_loop_unref(counter.loop);
}

static void a_full_handover_refuses_and_frees_the_rest(void)
{
	Handover *handover = handover_new(2, on_item, g_free, NULL);
	g_autofree char *third = g_strdup("third");

	g_assert_true(handover_push(handover, g_strdup("first")));
	g_assert_true(handover_push(handover, g_strdup("second")));
	g_assert_false(handover_push(handover, third));
	handover_free(handover);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/process/channel/whole_messages_arrive_in_order",
					whole_messages_arrive_in_order);
	g_test_add_func("/process/channel/broken_framing_closes", broken_framing_closes);
	g_test_add_func("/process/channel/the_end_of_the_peer_is_told_after_its_last_message",
					the_end_of_the_peer_is_told_after_its_last_message);
	g_test_add_func("/process/channel/a_callback_may_free_its_channel",
					a_callback_may_free_its_channel);
	g_test_add_func("/process/handover/items_cross_threads_in_order_and_bounded",
					items_cross_threads_in_order_and_bounded);
	g_test_add_func("/process/handover/a_full_handover_refuses_and_frees_the_rest",
					a_full_handover_refuses_and_frees_the_rest);
	return g_test_run();
}

/* Which key lies where on the picture, and which the kernel means. */
#include "firmware/hal/display_draw.h"

#include <glib.h>
#include <linux/input-event-codes.h>

#include "firmware/hal/display_input.h"

static void test_keypad(void)
{
	static const struct {
		double x, y;
		char key;
	} rows[] = {
		{502, 123, '1'}, {614, 123, '2'}, {726, 123, '3'}, {502, 221, '4'}, {614, 221, '5'},
		{726, 221, '6'}, {502, 319, '7'}, {614, 319, '8'}, {726, 319, '9'}, {502, 417, '*'},
		{614, 417, '0'}, {726, 417, '#'}, {452, 80, '1'}, /* the very corner */
		{200, 200, 0},                                    /* the text */
		{451, 123, 0},   {614, 79, 0},    {790, 123, 0},   {614, 473, 0},   {-1, -1, 0},
		{1e9, 1e9, 0},
	};
	DisplayView view = {.keypad = TRUE};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(display_key_at(&view, rows[i].x, rows[i].y), ==, rows[i].key);
}

static void test_button(void)
{
	DisplayView view = {.button = "Tanpa jari"}, bare = {0};
	g_assert_cmpint(display_key_at(&view, 400, 434), ==, '#');
	g_assert_cmpint(display_key_at(&view, 400, 300), ==, 0);
	g_assert_cmpint(display_key_at(&view, 100, 434), ==, 0);
	g_assert_cmpint(display_key_at(&bare, 400, 434), ==, 0);
	g_assert_cmpint(display_key_at(&bare, 502, 123), ==, 0);
}

static void test_kernel_keys(void)
{
	static const struct {
		guint code;
		char key;
	} rows[] = {
		{KEY_0, '0'},         {KEY_9, '9'},   {KEY_KP5, '5'}, {KEY_ENTER, '#'}, {KEY_KPENTER, '#'},
		{KEY_BACKSPACE, '*'}, {KEY_ESC, '*'}, {KEY_A, 0},     {KEY_POWER, 0},   {BTN_TOUCH, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(display_input_key(rows[i].code), ==, rows[i].key);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/display_draw/each_key_of_the_keypad", test_keypad);
	g_test_add_func("/display_draw/the_button_is_ok", test_button);
	g_test_add_func("/display_draw/keys_of_the_kernel", test_kernel_keys);
	return g_test_run();
}

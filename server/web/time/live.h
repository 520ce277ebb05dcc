/*
 * Live boards by server-sent events (WHATWG HTML §9.2).  One topic per unit that somebody watches:
 * when something of it changed, its board is rendered once and sent to all who watch it, and only
 * when it differs from what they have.
 *
 *   web_changed ──> live_hub_touch ──(at most once a second)──> render ──> listeners
 *
 * Rendering many boards is done in slices, between which the main loop serves others.
 */
#pragma once

#include <glib.h>

typedef struct LiveHub LiveHub;
typedef struct LiveListener LiveListener;

#define LIVE_LISTENERS_MAX 2000
#define LIVE_PER_OWNER_MAX 20
#define LIVE_PAUSE_MS 1000
/* A stream ends after this and the browser connects anew, so that rights are looked at again. */
#define LIVE_LIFE_MS (10 * 60 * G_GINT64_CONSTANT(1000))

/* The fragment of a unit's board; NULL when it cannot be had now. */
typedef GBytes *(*LiveRender)(gint64 unit, gpointer user);

LiveHub *live_hub_new(LiveRender render, gint64 (*now_ms)(void), gpointer user);
void live_hub_free(LiveHub *hub);
/* The board of that unit may have changed. */
void live_hub_touch(LiveHub *hub, gint64 unit);
/* Every board may have changed. */
void live_hub_touch_all(LiveHub *hub);
gsize live_hub_n_listeners(const LiveHub *hub);

/* NULL when LIVE_LISTENERS_MAX watch already, or LIVE_PER_OWNER_MAX of that owner (an account). */
LiveListener *live_listen(LiveHub *hub, gint64 unit, gint64 owner);
void live_listener_free(LiveListener *listener);
/* `wake` is called when there is something to read again. */
void live_listener_set_wake(LiveListener *listener, void (*wake)(gpointer user), gpointer user);
/* Copies what is there: -1 when the stream is over, 0 when there is nothing now. */
gssize live_listener_read(LiveListener *listener, char *buffer, gsize size);

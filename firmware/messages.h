/*
 * What core and uplink say to each other over their socket pair (protocol/process/channel.h).
 *
 * core holds journal, roster, signing and sealing keys; uplink holds the network and the TLS key.
 * Either may be taken over: each decoder checks its input.  Texts and bytes are borrowed.
 */
#pragma once

#include <glib.h>

#include "protocol/codec.h"
#include "protocol/command.h"
#include "protocol/topic.h"

typedef enum {
	UPLINK_CONNECT = 1, /* core → uplink: be connected from now on, with this last will */
	UPLINK_PUBLISH,     /* core → uplink: send one message */
	UPLINK_CERTIFICATE, /* core → uplink: the answer to the certificate request */
	UPLINK_STATE,       /* uplink → core: connected or not; also in answer to CONNECT */
	UPLINK_MESSAGE,     /* uplink → core: one message from the broker */
	UPLINK_REQUEST,     /* uplink → core: a certificate request to be joined with */
} UplinkMessageType;

typedef struct {
	Slice will;       /* signed health, for up/health */
	int64_t check_ms; /* check certificates at this time; 0: at the system's */
} UplinkConnect;

typedef struct {
	TopicKind kind;
	Slice message;
} UplinkPublish;

typedef struct {
	size_t n_certificates;
	Slice certificates[COMMAND_CERTIFICATES_MAX]; /* DER */
	size_t n_leaf;                                /* the rest are trust anchors */
} UplinkCertificate;

#define UPLINK_REASON_MAX 200

typedef struct {
	bool connected;
	bool bootstrap; /* with the bootstrap identity: join first */
	Slice reason;   /* text, when not connected */
} UplinkState;

typedef struct {
	Slice topic; /* text, ≤ TOPIC_MAX */
	Slice message;
} UplinkMessage;

typedef struct {
	bool renewal;
	Slice csr; /* DER */
} UplinkRequest;

void uplink_connect_encode(WireBuffer *out, const UplinkConnect *connect);
WireResult uplink_connect_decode(Slice bytes, UplinkConnect *out);
void uplink_publish_encode(WireBuffer *out, const UplinkPublish *publish);
WireResult uplink_publish_decode(Slice bytes, UplinkPublish *out);
void uplink_certificate_encode(WireBuffer *out, const UplinkCertificate *certificate);
WireResult uplink_certificate_decode(Slice bytes, UplinkCertificate *out);
void uplink_state_encode(WireBuffer *out, const UplinkState *state);
WireResult uplink_state_decode(Slice bytes, UplinkState *out);
void uplink_message_encode(WireBuffer *out, const UplinkMessage *message);
WireResult uplink_message_decode(Slice bytes, UplinkMessage *out);
void uplink_request_encode(WireBuffer *out, const UplinkRequest *request);
WireResult uplink_request_decode(Slice bytes, UplinkRequest *out);

#include "firmware/messages.h"

#include "protocol/envelope.h"

/* Each message is one CBOR array in the order of its struct. */

static void get_array(WireReader *reader, Slice bytes, size_t n)
{
	wire_reader_init(reader, bytes);
	wire_get_array(reader, n, n);
}

void uplink_connect_encode(WireBuffer *out, const UplinkConnect *connect)
{
	wire_put_array(out, 2);
	wire_put_bytes(out, connect->will);
	wire_put_int(out, connect->check_ms);
}

WireResult uplink_connect_decode(Slice bytes, UplinkConnect *out)
{
	WireReader reader;

	get_array(&reader, bytes, 2);
	out->will = wire_get_bytes(&reader, 0, MESSAGE_SIZE_MAX);
	out->check_ms = wire_get_int(&reader, 0, INT64_MAX);
	return wire_reader_finish(&reader);
}

void uplink_publish_encode(WireBuffer *out, const UplinkPublish *publish)
{
	wire_put_array(out, 2);
	wire_put_uint(out, publish->kind);
	wire_put_bytes(out, publish->message);
}

WireResult uplink_publish_decode(Slice bytes, UplinkPublish *out)
{
	WireReader reader;

	get_array(&reader, bytes, 2);
	out->kind = (TopicKind)wire_get_uint(&reader, TOPIC_DOWN_COMMAND);
	out->message = wire_get_bytes(&reader, 1, MESSAGE_SIZE_MAX);
	return wire_reader_finish(&reader);
}

void uplink_certificate_encode(WireBuffer *out, const UplinkCertificate *certificate)
{
	wire_put_array(out, 2);
	wire_put_uint(out, certificate->n_leaf);
	wire_put_array(out, certificate->n_certificates);
	for (size_t i = 0; i < certificate->n_certificates; i++)
		wire_put_bytes(out, certificate->certificates[i]);
}

WireResult uplink_certificate_decode(Slice bytes, UplinkCertificate *out)
{
	WireReader reader;

	get_array(&reader, bytes, 2);
	out->n_leaf = wire_get_uint(&reader, COMMAND_CERTIFICATES_MAX);
	out->n_certificates = wire_get_array(&reader, 1, COMMAND_CERTIFICATES_MAX);
	for (size_t i = 0; i < out->n_certificates; i++)
		out->certificates[i] = wire_get_bytes(&reader, 1, COMMAND_CERTIFICATE_SIZE_MAX);
	if (out->n_leaf < 1 || out->n_leaf > out->n_certificates)
		return WIRE_RANGE;
	return wire_reader_finish(&reader);
}

void uplink_state_encode(WireBuffer *out, const UplinkState *state)
{
	wire_put_array(out, 3);
	wire_put_bool(out, state->connected);
	wire_put_bool(out, state->bootstrap);
	wire_put_text(out, state->reason);
}

WireResult uplink_state_decode(Slice bytes, UplinkState *out)
{
	WireReader reader;

	get_array(&reader, bytes, 3);
	out->connected = wire_get_bool(&reader);
	out->bootstrap = wire_get_bool(&reader);
	out->reason = wire_get_text(&reader, 0, UPLINK_REASON_MAX);
	return wire_reader_finish(&reader);
}

void uplink_message_encode(WireBuffer *out, const UplinkMessage *message)
{
	wire_put_array(out, 2);
	wire_put_text(out, message->topic);
	wire_put_bytes(out, message->message);
}

WireResult uplink_message_decode(Slice bytes, UplinkMessage *out)
{
	WireReader reader;

	get_array(&reader, bytes, 2);
	out->topic = wire_get_text(&reader, 1, TOPIC_MAX - 1);
	out->message = wire_get_bytes(&reader, 0, MESSAGE_SIZE_MAX);
	return wire_reader_finish(&reader);
}

void uplink_request_encode(WireBuffer *out, const UplinkRequest *request)
{
	wire_put_array(out, 2);
	wire_put_bool(out, request->renewal);
	wire_put_bytes(out, request->csr);
}

WireResult uplink_request_decode(Slice bytes, UplinkRequest *out)
{
	WireReader reader;

	get_array(&reader, bytes, 2);
	out->renewal = wire_get_bool(&reader);
	out->csr = wire_get_bytes(&reader, 1, COMMAND_CERTIFICATE_SIZE_MAX);
	return wire_reader_finish(&reader);
}

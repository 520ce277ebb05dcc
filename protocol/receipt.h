/* down/receipt: "journal J of terminal T is stored up to seq n, whose head is h". */
#pragma once

#include "protocol/codec.h"

typedef struct {
	RandomId journal;
	uint64_t seq; /* 0: nothing of this journal is stored */
	Hash head;    /* for seq 0: the journal's genesis */
} Receipt;

void receipt_encode(WireBuffer *out, const Receipt *receipt);
WireResult receipt_decode(Slice payload, Receipt *out);

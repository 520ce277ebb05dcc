/* What the targets share.  A target is one message's decoder: LLVMFuzzerTestOneInput(). */
#pragma once

#include "protocol/crypto.h"
#include "tests/protocol/support/wire_messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, as a finding, when `condition` does not hold. */
void fuzz_must(bool condition);

/* No digest, but different for different bytes often enough, and fast: what is looked for is a
 * decoder's fault, not a collision. */
void fuzz_sha256(const Slice *parts, size_t n_parts, Hash *out);

/* Reads, and when that is good, writes; what was written must be read and written alike. */
void fuzz_redo(WireRedo redo, Slice bytes);

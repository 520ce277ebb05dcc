/* The inside of a gallery that tests and measurements need. */
#pragma once

#include "firmware/match/kernels.h"
#include "firmware/match/match.h"

/* Searches with these from now on; the answers are the same. */
void match_gallery_use(MatchGallery *gallery, const MatchKernels *kernels);
/* Bytes of memory, without what the allocator itself needs. */
gsize match_gallery_size(const MatchGallery *gallery);

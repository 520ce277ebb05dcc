/* The inside of a gallery that tests and measurements need. */
#pragma once

#include "firmware/match/kernels.h"
#include "firmware/match/match.h"

/* Searches with these from now on; the answers are the same. */
void match_gallery_use(MatchGallery *gallery, const MatchKernels *kernels);
/* The first look at everybody and nothing more; gives the sum of all votes. */
guint64 match_gallery_first_look(const MatchGallery *gallery, const MatchTemplate *probe);
/* Bytes of memory, without what the allocator itself needs. */
gsize match_gallery_size(const MatchGallery *gallery);

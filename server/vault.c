#include "server/vault.h"

#include <string.h>

#include "firmware/match/match.h"
#include "server/seal_openssl.h"
#include "server/wire.h"

struct Vault {
	ServerKey *key;
	PublicKey public_key;
	MatchGallery *gallery;
	GPtrArray *answers; /* of GBytes: what the last answer borrows */
};

Vault *vault_new(ServerKey *key)
{
	Vault *vault = g_new0(Vault, 1);
	vault->key = key;
	server_key_public(key, &vault->public_key);
	vault->gallery = match_gallery_new();
	vault->answers = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	return vault;
}

void vault_free(Vault *vault)
{
	if (vault == NULL)
		return;
	server_key_free(vault->key);
	match_gallery_free(vault->gallery);
	g_ptr_array_unref(vault->answers);
	g_free(vault);
}

static SealContext rest_context(gint64 person, const uint8_t reference[8])
{
	SealContext context = {.person = person, .reference = {reference, 8}};
	g_strlcpy(context.terminal.text, VAULT_CONTEXT, sizeof context.terminal.text);
	return context;
}

GBytes *vault_seal(const PublicKey *vault, gint64 person, gint64 reference, Slice plain)
{
	uint8_t id[8];
	seal_reference_id(reference, id);
	SealContext context = rest_context(person, id);
	return seal_template(vault, &context, plain);
}

static GBytes *open_reference(const Vault *vault, const VaultReference *reference)
{
	uint8_t id[8];
	seal_reference_id(reference->reference, id);
	SealContext context = rest_context(reference->person, id);
	return seal_open(vault->key, &context, reference->sealed);
}

static MatchTemplate *decode(GBytes *plain)
{
	if (plain == NULL)
		return NULL;
	Slice bytes = slice_of_bytes(plain);
	return match_template_decode(bytes.data, bytes.size, NULL);
}

gboolean vault_load(Vault *vault, const VaultReference *reference)
{
	g_autoptr(GBytes) plain = open_reference(vault, reference);
	MatchTemplate *template = decode(plain);
	if (template == NULL)
		return FALSE;
	match_gallery_put(vault->gallery, reference->person, reference->reference, template);
	return TRUE;
}

void vault_forget(Vault *vault, gint64 reference)
{
	match_gallery_remove_reference(vault->gallery, reference);
}

gsize vault_n_references(const Vault *vault)
{
	return match_gallery_n_references(vault->gallery);
}

/* ── enrolment ── */

typedef struct {
	GPtrArray *plain;     /* of GBytes */
	GPtrArray *templates; /* of MatchTemplate */
} Impressions;

static void impressions_clear(Impressions *impressions)
{
	g_clear_pointer(&impressions->plain, g_ptr_array_unref);
	g_clear_pointer(&impressions->templates, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Impressions, impressions_clear)

/* How many templates of that finger come before the one at `index`. */
static uint8_t index_in_finger(const EnrolReport *report, size_t index)
{
	uint8_t n = 0;
	for (size_t i = 0; i < index; i++)
		n += report->templates[i].finger == report->templates[index].finger;
	return n;
}

static gboolean open_impressions(const Vault *vault, const VaultEnrol *enrol, Impressions *out)
{
	const EnrolReport *report = &enrol->report;
	out->plain = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	out->templates = g_ptr_array_new_with_free_func((GDestroyNotify)match_template_free);
	for (size_t i = 0; i < report->n_templates; i++) {
		uint8_t reference[18];
		seal_reference_enrolment(&report->enrolment, report->templates[i].finger,
								 index_in_finger(report, i), reference);
		SealContext context = {enrol->terminal, report->person, {reference, sizeof reference}};
		GBytes *plain = seal_open(vault->key, &context, report->templates[i].sealed);
		if (plain == NULL)
			return FALSE;
		g_ptr_array_add(out->plain, plain);
		MatchTemplate *template = decode(plain);
		if (template == NULL)
			return FALSE;
		g_ptr_array_add(out->templates, template);
		if (match_sample_for_enrolment(template) != MATCH_SAMPLE_GOOD)
			return FALSE;
	}
	return report->n_templates > 0;
}

/* Are the impressions of each finger of one finger, and those of two fingers not? */
static VaultEnrolOutcome compare_impressions(const EnrolReport *report,
											 const Impressions *impressions)
{
	const MatchTemplate *all[ENROL_TEMPLATES_MAX];
	for (size_t i = 0; i < report->n_templates; i++)
		all[i] = impressions->templates->pdata[i];
	for (Finger finger = FINGER_FIRST; finger <= FINGER_LAST; finger++) {
		const MatchTemplate *own[ENROL_TEMPLATES_MAX], *other[ENROL_TEMPLATES_MAX];
		gsize n_own = 0, n_other = 0, odd;
		for (size_t i = 0; i < report->n_templates; i++) {
			if (report->templates[i].finger == finger)
				own[n_own++] = all[i];
			else
				other[n_other++] = all[i];
		}
		if (n_own == 0)
			continue;
		if (n_own < VAULT_IMPRESSIONS_MIN)
			return VAULT_UNREADABLE;
		if (!match_same_finger(own, n_own, &odd))
			return VAULT_OTHER_FINGERS;
		if (n_other > 0 && match_verified(match_score_best(own[0], other, n_other)))
			return VAULT_OTHER_FINGERS;
	}
	return VAULT_ENROLLED;
}

/* Whose fingers they already are; 0: nobody's. */
static gint64 find_duplicate(const Vault *vault, const EnrolReport *report,
							 const Impressions *impressions)
{
	MatchImpression samples[ENROL_TEMPLATES_MAX];
	const MatchSearch how = {0};
	MatchDuplicate duplicate;
	for (gsize i = 0; i < report->n_templates; i++)
		samples[i] = (MatchImpression){impressions->templates->pdata[i],
									   (guint8)report->templates[i].finger};
	match_gallery_find_duplicate(vault->gallery, report->person, samples, report->n_templates, &how,
								 &duplicate);
	return duplicate.person;
}

gboolean vault_find_duplicate(const Vault *vault, const VaultReference *references,
							  const Finger *fingers, gsize n, const MatchSearch *how,
							  MatchDuplicate *duplicate)
{
	g_autoptr(GPtrArray) templates =
		g_ptr_array_new_with_free_func((GDestroyNotify)match_template_free);
	g_autofree MatchImpression *samples = g_new(MatchImpression, n + 1);
	for (gsize i = 0; i < n; i++) {
		g_autoptr(GBytes) plain = open_reference(vault, &references[i]);
		MatchTemplate *template = decode(plain);
		if (template == NULL)
			continue;
		samples[templates->len] = (MatchImpression){template, (guint8)fingers[i]};
		g_ptr_array_add(templates, template);
	}
	return match_gallery_find_duplicate(vault->gallery, n > 0 ? references[0].person : 0, samples,
										templates->len, how, duplicate);
}

void vault_enrol(Vault *vault, const VaultEnrol *enrol, VaultEnrolled *out)
{
	*out = (VaultEnrolled){.request = enrol->request, .outcome = VAULT_UNREADABLE};
	g_ptr_array_set_size(vault->answers, 0);
	g_auto(Impressions) impressions = {0};
	if (!open_impressions(vault, enrol, &impressions))
		return;
	out->outcome = compare_impressions(&enrol->report, &impressions);
	if (out->outcome != VAULT_ENROLLED)
		return;
	out->other = find_duplicate(vault, &enrol->report, &impressions);
	if (out->other != 0)
		out->outcome = VAULT_DUPLICATE;
	for (guint i = 0; i < impressions.plain->len; i++) {
		GBytes *sealed = vault_seal(&vault->public_key, enrol->report.person, enrol->references[i],
									slice_of_bytes(impressions.plain->pdata[i]));
		g_assert(sealed != NULL); /* our own key is a point of the curve */
		g_ptr_array_add(vault->answers, sealed);
		out->sealed[out->n++] = slice_of_bytes(sealed);
	}
}

/* ── terminals and visitors ── */

void vault_reseal(Vault *vault, const VaultReseal *reseal, VaultResealed *out)
{
	*out = (VaultResealed){.request = reseal->request, .n = reseal->n};
	g_ptr_array_set_size(vault->answers, 0);
	for (guint32 i = 0; i < reseal->n; i++) {
		const VaultReference *reference = &reseal->references[i];
		out->references[i].reference = reference->reference;
		out->references[i].sealed = (Slice){0};
		g_autoptr(GBytes) plain = open_reference(vault, reference);
		if (plain == NULL)
			continue;
		uint8_t id[8];
		seal_reference_id(reference->reference, id);
		SealContext context = {reseal->terminal, reference->person, {id, sizeof id}};
		GBytes *sealed = seal_template(&reseal->sealing, &context, slice_of_bytes(plain));
		if (sealed == NULL)
			continue;
		g_ptr_array_add(vault->answers, sealed);
		out->references[i].sealed = slice_of_bytes(sealed);
	}
}

void vault_verify(Vault *vault, const VaultVerify *verify, VaultVerified *out)
{
	*out = (VaultVerified){.request = verify->request, .outcome = VAULT_PROBE_UNREADABLE};
	SealContext context = {verify->terminal, 0, verify->number};
	g_autoptr(GBytes) plain = seal_open(vault->key, &context, verify->probe);
	g_autoptr(MatchTemplate) probe = decode(plain);
	if (probe == NULL)
		return;
	g_autoptr(GPtrArray) references =
		g_ptr_array_new_with_free_func((GDestroyNotify)match_template_free);
	for (guint32 i = 0; i < verify->n; i++) {
		g_autoptr(GBytes) opened = open_reference(vault, &verify->references[i]);
		MatchTemplate *template = decode(opened);
		if (template != NULL)
			g_ptr_array_add(references, template);
	}
	out->outcome = VAULT_DIFFERENT;
	if (references->len == 0)
		return;
	out->score_milli =
		match_score_best(probe, (const MatchTemplate *const *)references->pdata, references->len);
	if (match_verified(out->score_milli))
		out->outcome = VAULT_SAME;
}

// The binary interface of Open Enclave's host-verify library (openenclave/attestation/verifier.h, bits/evidence.h, bits/types.h), and nothing of what it does: evidence is a word that says what to answer.
// It checks its arguments as the interface promises them to a caller, so that a wrong layout on the other side fails here.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t oe_result_t;
typedef struct { uint8_t b[16]; } oe_uuid_t;
typedef struct { char *name; uint8_t *value; size_t value_size; } oe_claim_t;
typedef struct { int32_t type; void *policy; size_t policy_size; } oe_policy_t;
typedef struct { uint32_t year, month, day, hours, minutes, seconds; } oe_datetime_t;

_Static_assert(sizeof(oe_claim_t) == 24 && sizeof(oe_policy_t) == 24 && offsetof(oe_policy_t, policy) == 8, "natural alignment");

enum { OE_OK = 0, OE_INVALID_PARAMETER = 3, OE_TCB_LEVEL_INVALID = 34, OE_QUOTE_PROVIDER_LOAD_ERROR = 35 };

#ifndef INITIALIZES
#define INITIALIZES OE_OK
#endif

static int initialized, lists;

// For tests: what is still in use.
int counterpart_initialized(void) { return initialized; }
int counterpart_lists(void) { return lists; }

oe_result_t oe_verifier_initialize(void) { initialized += INITIALIZES == OE_OK; return INITIALIZES; }
oe_result_t oe_verifier_shutdown(void) { initialized = 0; return OE_OK; }

#ifdef WITH_TDX
oe_result_t oe_tdx_verifier_initialize(void) { return OE_OK; }
#endif

const char *oe_result_str(oe_result_t result)
{
    switch (result)
    {
    case OE_OK: return "OE_OK";
    case OE_INVALID_PARAMETER: return "OE_INVALID_PARAMETER";
    case OE_TCB_LEVEL_INVALID: return "OE_TCB_LEVEL_INVALID";
    case OE_QUOTE_PROVIDER_LOAD_ERROR: return "OE_QUOTE_PROVIDER_LOAD_ERROR";
    case 77: return NULL;
    default: return "OE_OTHER";
    }
}

#ifndef WITHOUT_FREE
oe_result_t oe_free_claims(oe_claim_t *claims, size_t length)
{
    lists -= claims != NULL;
    for (size_t i = 0; i < length && i < 64 && claims; i++)
    {
        free(claims[i].name);
        free(claims[i].value);
    }

    free(claims);
    return OE_OK;
}
#endif

static void add(oe_claim_t *claims, size_t *length, const char *name, const void *value, size_t size)
{
    oe_claim_t *claim = &claims[(*length)++];
    claim->name = strdup(name);
    claim->value = size ? malloc(size) : NULL;
    claim->value_size = size;
    if (size)
        memcpy(claim->value, value, size);
}

oe_result_t oe_verify_evidence(
    const oe_uuid_t *format, const uint8_t *evidence, size_t evidence_size, const uint8_t *endorsements, size_t endorsements_size,
    const oe_policy_t *policies, size_t policies_size, oe_claim_t **claims, size_t *claims_length)
{
    // As the library itself does: both or neither, and claims wanted.
    if (!initialized || !evidence || !evidence_size || !endorsements != !endorsements_size || !policies != !policies_size || !claims || !claims_length)
        return OE_INVALID_PARAMETER;

    char word[32] = { 0 };
    memcpy(word, evidence, evidence_size < sizeof word - 1 ? evidence_size : sizeof word - 1);
    if (!strncmp(word, "result ", 7))
        return (oe_result_t)atoi(word + 7);
    if (!strcmp(word, "nothing"))
        return OE_OK;

    size_t n = 0;
    oe_claim_t *list = calloc(64, sizeof *list);
    lists++;

    // A quote of version 3 without header: its report's fields as claims, as the SGX plugin makes them.
    int quote = evidence_size > 436 && evidence[0] == 3;
    const uint8_t *report = evidence + 48;
    uint32_t one = 1, svn = 7, status = !strcmp(word, "outdated") ? 1 : !strcmp(word, "status") ? 9 : 0;
    uint64_t attributes = 2 | (!strcmp(word, "debug") ? 1 : 0);
    uint8_t product[16] = { 0x34, 0x12 }, unique[32], signer[32], zeros[64] = { 0 };
    oe_uuid_t id = { { 0xa3, 0xa2, 0x1e, 0x87, 0x1b, 0x4d, 0x40, 0x14, 0xb7, 0x0a, 0xa1, 0x25, 0xd2, 0xfb, 0xcd, 0x8c } };
    memset(unique, 0x11, 32);
    memset(signer, 0x22, 32);
    if (quote)
    {
        memcpy(unique, report + 64, 32);
        memcpy(signer, report + 128, 32);
        memcpy(product, report + 256, 2);
        svn = (uint32_t)(report[258] | report[259] << 8);
        attributes = 2 | (report[48] >> 1 & 1);
        add(list, &n, "sgx_cpu_svn", report, 16);
        add(list, &n, "sgx_isv_extended_product_id", report + 32, 16);
        add(list, &n, "sgx_config_id", report + 192, 64);
        add(list, &n, "sgx_config_svn", report + 260, 2);
        add(list, &n, "sgx_isv_family_id", report + 304, 16);
        add(list, &n, "sgx_report_data", report + 320, 64);
        add(list, &n, "sgx_pce_svn", evidence + 10, 2);
    }

    if (!strcmp(word, "product"))
        product[15] = 1;
    if (format)
        id = *format;

    add(list, &n, "id_version", &one, 4);
    add(list, &n, "security_version", &svn, 4);
    add(list, &n, "attributes", &attributes, !strcmp(word, "short") ? 4 : 8);
    add(list, &n, "unique_id", unique, 32);
    add(list, &n, "signer_id", signer, 32);
    add(list, &n, "product_id", product, 16);
    add(list, &n, "format_uuid", &id, 16);
    if (strcmp(word, "nostatus"))
        add(list, &n, "tcb_status", &status, 4);

    oe_datetime_t date = { 2024, !strcmp(word, "date") ? 13u : 2u, 29, 23, 59, 58 };
    add(list, &n, "tcb_date", &date, sizeof date);

    // What arrived, told back.
    if (endorsements)
        add(list, &n, "got_endorsements", endorsements, endorsements_size);
    if (policies)
    {
        add(list, &n, "got_policy_type", &policies[0].type, 4);
        add(list, &n, "got_policy", policies[0].policy, policies[0].policy_size);
    }

    if (!strcmp(word, "custom"))
        add(list, &n, "custom_claims_buffer", "hello", 5);
    if (!strcmp(word, "empty"))
        add(list, &n, "tdx_sa_list", NULL, 0);
    if (!strcmp(word, "twice"))
        add(list, &n, "unique_id", unique, 32);
    if (!strcmp(word, "tdx") || !strcmp(word, "tdxdebug"))
    {
        uint8_t mrtd[48], mode[8] = { !strcmp(word, "tdxdebug"), 0, 0, 0x10 };
        memset(mrtd, 0x33, 48);
        add(list, &n, "tdx_mrtd", mrtd, 48);
        add(list, &n, "tdx_td_attributes", mode, 8);
        add(list, &n, "tdx_report_data", zeros, 64);
    }

    if (!strcmp(word, "noname"))
    {
        free(list[2].name);
        list[2].name = NULL;
    }

    if (!strcmp(word, "novalue"))
    {
        free(list[2].value);
        list[2].value = NULL;
    }

    if (!strcmp(word, "huge"))
        list[2].value_size = SIZE_MAX / 2;
    if (!strcmp(word, "longname"))
    {
        free(list[2].name);
        list[2].name = malloc(4096);
        memset(list[2].name, 'a', 4096);
    }

    *claims = list;
    *claims_length = !strcmp(word, "many") ? SIZE_MAX : n;
    return !strcmp(word, "outdated") ? OE_TCB_LEVEL_INVALID : !strcmp(word, "refused") ? 8 : OE_OK;
}

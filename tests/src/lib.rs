//! Stories, the authorization matrix, the lying server and the canary search.

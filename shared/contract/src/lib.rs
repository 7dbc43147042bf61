//! What client and server agree on: ids, operations, policy, the team chain, records and their verification.

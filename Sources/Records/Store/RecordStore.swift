public import ValueProtocol

/// A host's record store: elements, transactions, meters' records, and the audit trail.
///
/// A change and its entry in the audit trail are one commit, which is durable when the call returns; a crash leaves
/// both or neither. Several processes and threads may use one store. Every call throws the store's `HostError` besides
/// those it names.
public protocol RecordStore: ElementRegister, ElementStore, TransactionStore, MeterStore, AuditStore, Sendable {}

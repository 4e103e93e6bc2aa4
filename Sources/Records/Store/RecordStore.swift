public import ValueProtocol

/// Where a host keeps its records: elements, transactions, what meters recorded, and the audit trail.
///
/// A change and its entry in the audit trail are one commit, which is durable when the call returns: whoever dies leaves
/// both or neither. Several processes and threads may use one store. Every call throws `HostError` of the store beside
/// what it names.
public protocol RecordStore: ElementRegister, ElementStore, TransactionStore, MeterStore, AuditStore, Sendable {}

import ISO7816

/// Who may hold a card: the cause of `.sharingViolation`.
///
/// The service does not say who it is. A program that holds a card is connected to the service, so it is one of those
/// listed; but so are programs that only watch.
public struct SharingConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// Other programs that are connected to the service; empty where the system does not list any.
    public let programs: [ConnectedProgram]
    /// Number of connections of programs that this user may not inspect.
    public let hiddenCount: Int
    /// Whether this program itself holds the card, by another connection.
    public let isOwn: Bool
    /// The service's error.
    public let cause: PCSCError

    init(_ clients: ServiceClients, isOwn: Bool, cause: PCSCError) {
        // The failed call has a connection of its own.
        self.isOwn = isOwn || clients.others.isEmpty && clients.hiddenCount == 0 && clients.ownCount > 1
        programs = self.isOwn ? [] : clients.others
        hiddenCount = self.isOwn ? 0 : clients.hiddenCount
        self.cause = cause
    }

    /// Who it may be, in words, and the service's error.
    public var description: String {
        let holder = isOwn ? "this program, by another connection" : candidates
        return holder.map { "held by \($0); \(cause)" } ?? "\(cause)"
    }

    private var candidates: String? {
        let hidden = hiddenCount == 0 ? [] : ["a program that this user may not look into"]
        let all = programs.map(\.description) + hidden
        return all.count > 1 ? "one of: \(all.joined(separator: ", "))" : all.first
    }

    /// The error for `reader`.
    static func error(_ reader: String, _ cause: PCSCError) -> CardError {
        let conflict = SharingConflict(.now(), isOwn: ExclusiveHold.has(reader), cause: cause)
        return CardError(.sharingViolation, subject: reader, cause: conflict)
    }
}

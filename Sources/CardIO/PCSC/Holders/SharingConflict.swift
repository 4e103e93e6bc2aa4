import ISO7816

/// Who may hold a card: the cause beneath `.sharingViolation`.
///
/// The service does not say who it is. Whoever holds a card is connected to the service, so it is among those that are;
/// a program that only looks is among them too.
public struct SharingConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// Other programs that are connected to the service; empty where the system lets none be found out.
    public let programs: [ConnectedProgram]
    /// How many connections belong to programs that this user may not look into.
    public let hiddenCount: Int
    /// Whether it is this program itself that holds the card, by another connection.
    public let isOwn: Bool
    /// What the service said.
    public let cause: PCSCError

    init(_ clients: ServiceClients, isOwn: Bool, cause: PCSCError) {
        // The call that failed has a connection of its own.
        self.isOwn = isOwn || clients.others.isEmpty && clients.hiddenCount == 0 && clients.ownCount > 1
        programs = self.isOwn ? [] : clients.others
        hiddenCount = self.isOwn ? 0 : clients.hiddenCount
        self.cause = cause
    }

    /// Who it may be, in words, and what the service said.
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

import TestPrograms

extension TCPRelay {
    /// A line to a meter from which no answer comes back once a command that contains `header` was sent.
    ///
    /// What decides is what was sent, not how many answers came: a request that is repeated on a slow machine has two.
    ///
    /// - Parameters:
    ///   - meter: its port on this machine.
    ///   - header: the first bytes of the command; none for a line that is silent from the start.
    convenience init(to meter: UInt16, silentFrom header: [UInt8]) throws {
        let isSilent = Monitor(header.isEmpty)
        try self.init(to: meter) { piece, from in
            isSilent.withLock { isSilent in
                guard from == .client else { return isSilent ? [] : [piece] }
                isSilent = isSilent || piece.indices.contains { piece[$0...].starts(with: header) }
                return [piece]
            }
        }
    }
}

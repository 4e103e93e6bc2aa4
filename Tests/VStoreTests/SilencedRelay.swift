import TestPrograms

extension TCPRelay {
    /// A line to a meter on which nothing is lost but answers, once so many have come.
    ///
    /// - Parameters:
    ///   - meter: its port on this machine.
    ///   - answers: that the host gets.
    convenience init(to meter: UInt16, answers: Int) throws {
        let left = Monitor(answers)
        try self.init(to: meter) { piece, from in
            guard from == .server else { return [piece] }
            return left.withLock {
                $0 -= 1
                return $0 >= 0 ? [piece] : []
            }
        }
    }
}

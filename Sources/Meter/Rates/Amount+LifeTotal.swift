internal import ValueProtocol

extension Amount {
    /// The sum; a life total that has reached the most that 64 bits hold stays there.
    func addingUpToMost(_ other: Amount) -> Amount { adding(other) ?? .all }
}

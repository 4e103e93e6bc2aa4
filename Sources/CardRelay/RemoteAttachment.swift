public import CardIO

extension RelayChannel {
    /// Waits until this channel's card is removed from its virtual reader, and removes it as soon as it was removed on
    /// the other machine or the connection ended. Closes the connection afterwards.
    ///
    /// - Parameter virtual: contains a ``RemoteCard`` over this channel, inserted.
    /// - Returns: why the card was removed: `.failed` with the reason where it was removed on the other machine, or the
    ///   connection ended.
    public func attend(_ virtual: VirtualReaderCard) async -> VirtualReaderCard.Departure {
        async let following: Void = follow(virtual)
        let departure = await virtual.waitUntilRemoved()
        let end = end
        close()
        await following
        if departure == .removed, let end { return .failed(end) }
        return departure
    }

    private func follow(_ virtual: VirtualReaderCard) async {
        _ = await waitUntilEnded()
        await virtual.remove()
    }
}

public import CardIO

extension RelayChannel {
    /// Waits until this channel's card is out of the virtual reader into which it was put, and takes it out as soon as it
    /// was taken out on the other machine or the connection is over. The connection ends with the stay.
    ///
    /// - Parameter virtual: has a ``RemoteCard`` over this channel, inserted.
    /// - Returns: why the card is out: `.died` with the reason where it was taken out there, or the connection ended.
    public func attend(_ virtual: VirtualReaderCard) async -> VirtualReaderCard.Departure {
        async let following: Void = follow(virtual)
        let departure = await virtual.waitUntilRemoved()
        let end = end
        close()
        await following
        if departure == .removed, let end { return .died(end) }
        return departure
    }

    private func follow(_ virtual: VirtualReaderCard) async {
        _ = await waitUntilEnded()
        await virtual.remove()
    }
}

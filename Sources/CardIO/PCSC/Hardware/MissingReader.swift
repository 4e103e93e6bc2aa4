public import ISO7816

extension USBCardReader {
    /// Why the service lists none of these readers; nil where there are none.
    ///
    /// - Parameter readers: those connected, while the service lists no reader at all.
    /// - Returns: `.noDriver`, or `.readerTaken` where a program uses each of them; its subject names the readers.
    public static func reason(for readers: [USBCardReader]) -> CardError? {
        let free = readers.filter { !$0.isClaimed }
        let concerned = free.isEmpty ? readers : free
        guard !concerned.isEmpty else { return nil }
        return CardError(
            free.isEmpty ? .readerTaken : .noDriver, subject: concerned.map(\.description).joined(separator: ", "))
    }
}

public import ISO7816

extension USBCardReader {
    /// Why the service has none of these readers; nil where there are none.
    ///
    /// - Parameter readers: those connected, while the service knows of no reader at all.
    /// - Returns: `.noDriver`, or `.readerTaken` where each is taken by a program; its subject names the readers.
    public static func reason(for readers: [USBCardReader]) -> CardError? {
        let free = readers.filter { !$0.isTaken }
        let concerned = free.isEmpty ? readers : free
        guard !concerned.isEmpty else { return nil }
        return CardError(
            free.isEmpty ? .readerTaken : .noDriver, subject: concerned.map(\.description).joined(separator: ", "))
    }
}

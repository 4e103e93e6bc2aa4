package import ISO7816

extension CardChannel {
    /// Sends one command and maps its errors to `SessionError`.
    package func exchange(
        _ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], _ name: String, answers: Bool = true
    ) throws(SessionError) -> ResponseAPDU {
        let command: CommandAPDU
        do {
            command = try CommandAPDU(
                cla: cla, ins: ins, p1: p1, p2: p2, data: data, expectedLength: answers ? 256 : nil)
        } catch {
            throw SessionError(.authorityFailed, name, cause: error)
        }
        do {
            return try transmit(command)
        } catch {
            throw SessionError(.noAnswer, name, cause: error)
        }
    }
}

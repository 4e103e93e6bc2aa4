/// Reads and writes a whole transparent EF.
extension CardChannel {
    /// Reads a transparent EF from `offset` to its end.
    ///
    /// The end is where the card says so (6282, 6B00 beyond the last byte), where it returns nothing more, or at
    /// `count`. `6Cxx` is handled, whether or not the channel does so itself.
    ///
    /// - Parameters:
    ///   - file: which EF; it becomes the current one.
    ///   - offset: of the first byte to read.
    ///   - count: how many bytes, where known, e.g. from ``FileControlInformation/dataCount``.
    ///   - step: bytes per command: 256, or more where the card supports extended lengths.
    ///   - limit: maximum number of bytes of the file, since a card might never end.
    ///   - progress: called after each step with the number of bytes read.
    /// - Throws: `InterindustryError`; `.tooLong` beyond `limit`.
    public func readFile(
        _ file: FileReference = .current, offset: Int = 0, count: Int? = nil, step: Int = 256,
        limit: Int = 16_777_216, progress: (Int) -> Void = { _ in }
    ) throws(InterindustryError) -> [UInt8] {
        var bytes: [UInt8] = []
        var file = file
        while bytes.count < count ?? .max {
            let wanted = min(step, (count ?? .max) - bytes.count)
            let part = try readPart(file, offset: offset + bytes.count, length: wanted)
            guard bytes.count + part.data.count <= limit else { throw InterindustryError(.tooLong, "READ BINARY") }
            bytes += part.data.prefix(wanted)
            if !part.data.isEmpty { progress(bytes.count) }
            if part.isLast || part.data.isEmpty { break }
            // It is the current EF now, which leaves 15 bits for the offset.
            file = .current
        }
        return bytes
    }

    /// Overwrites a transparent EF with `bytes` from `offset` on.
    ///
    /// - Parameters:
    ///   - file: which EF; it becomes the current one.
    ///   - offset: of the first byte to write.
    ///   - bytes: the data.
    ///   - step: bytes per command.
    ///   - progress: called after each step with the number of bytes written.
    /// - Throws: `InterindustryError`; bytes written before the error stay written.
    public func updateFile(
        _ file: FileReference = .current, offset: Int = 0, _ bytes: [UInt8], step: Int = 240,
        progress: (Int) -> Void = { _ in }
    ) throws(InterindustryError) {
        guard step > 0 else { throw InterindustryError(.outOfRange, "UPDATE BINARY in steps of \(step)") }
        var (done, file) = (0, file)
        while done < bytes.count {
            let part = bytes[done..<min(done + step, bytes.count)]
            _ = try perform(.updateBinary(file, offset: offset + done, part), "UPDATE BINARY")
            done += part.count
            progress(done)
            file = .current
        }
    }

    private func readPart(
        _ file: FileReference, offset: Int, length: Int
    ) throws(InterindustryError) -> (data: ArraySlice<UInt8>, isLast: Bool) {
        let name = "READ BINARY"
        let command = try CommandAPDU.readBinary(file, offset: offset, length: length)
        var response = try exchange(command, name)
        if let right = response.status.correctLength {
            let again = try CommandAPDU.interindustry(
                name, command.ins, command.p1, command.p2, data: command.data, expecting: right)
            response = try exchange(again, name)
        }
        let isLast = response.status.rawValue == 0x6282
        // Beyond the last byte cards return wrong P1-P2: the end of the file, except at the first byte.
        if response.status.rawValue == 0x6B00, offset > 0 { return ([], true) }
        guard isLast || response.status == .success else {
            throw InterindustryError(.refused, name, status: response.status)
        }
        guard command.ins & 1 == 1, !response.data.isEmpty else { return (response.data, isLast) }
        do throws(TLVError) {
            let object = try TLV(response.data)
            guard object.tag == 0x53 else { throw TLVError(.missing, offset: 0) }
            return (object.value, isLast)
        } catch {
            throw InterindustryError(.malformedAnswer, name, cause: error)
        }
    }
}

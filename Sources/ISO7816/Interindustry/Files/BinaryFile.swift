/// Reading and writing a whole transparent EF.
extension CardChannel {
    /// Reads a transparent EF from `offset` to its end.
    ///
    /// The end is where the card says so (6282, 6B00 behind the last byte), where it gives nothing more, or at `count`.
    /// A `6Cxx` is followed, whether or not the channel does so itself.
    ///
    /// - Parameters:
    ///   - file: which EF; it is the current one afterwards.
    ///   - offset: of the first byte that is read.
    ///   - count: how many bytes where that is known, from ``FileControlInformation/dataCount`` for instance.
    ///   - step: how many bytes at once: 256, or more where the card takes extended lengths.
    ///   - limit: how many bytes the file may have at most, since a card might go on for ever.
    ///   - progress: told how many bytes are there after each step.
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
            // It is the current one now, and the offset has more room.
            file = .current
        }
        return bytes
    }

    /// Writes `bytes` over a transparent EF from `offset` on.
    ///
    /// - Parameters:
    ///   - file: which EF; it is the current one afterwards.
    ///   - offset: of the first byte that is written.
    ///   - bytes: what is written.
    ///   - step: how many bytes at once.
    ///   - progress: told how many bytes are written after each step.
    /// - Throws: `InterindustryError`; what was written before stays written.
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
        if let right = response.status.rightLength {
            let again = try CommandAPDU.interindustry(
                name, command.ins, command.p1, command.p2, data: command.data, expecting: right)
            response = try exchange(again, name)
        }
        let isLast = response.status.rawValue == 0x6282
        // Behind the last byte cards say that P1-P2 are wrong: an end, but for the very first byte.
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

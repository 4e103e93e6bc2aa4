internal import ValueProtocol

extension ElementImage {
    /// POST: a part waits in the session; the slot changes with the last one.
    mutating func postLetter(_ c3: [UInt8], _ facts: inout SessionFacts) -> (BusinessStatus, [UInt8]) {
        guard let order = PostLetter(c3) else { return (.malformed, []) }
        guard var slot = slots.first(where: { $0.service == order.service }) else { return (.unknownService, []) }
        var bytes: [UInt8] = []
        guard !order.takesBack else {
            slot.letter = []
            put(slot)
            facts.letter = nil
            PostLetter.Answer(service: order.service, held: 0).append(to: &bytes)
            return (.done, bytes)
        }
        let buffer = PartBuffer(
            order.bytes, part: order.part, of: order.parts, order.service, after: facts.letter)
        guard let buffer else { return (.malformed, []) }
        if buffer.isWhole {
            slot.letter = buffer.parts
            put(slot)
        }
        facts.letter = buffer.isWhole ? nil : buffer
        PostLetter.Answer(service: order.service, held: buffer.held).append(to: &bytes)
        return (.done, bytes)
    }

    /// FETCH: the session's PID names the slot.
    func fetchLetter(_ c3: [UInt8], _ facts: SessionFacts) -> (BusinessStatus, [UInt8]) {
        guard let order = FetchLetter(c3), let slot = slot(boundTo: facts.identity.pid) else {
            return (.malformed, [])
        }
        let part = Int(order.part)
        guard slot.letter.isEmpty || slot.letter.indices.contains(part) else { return (.malformed, []) }
        guard state != .blocked else { return (.blocked, []) }
        var bytes: [UInt8] = []
        FetchLetter.Answer(
            parts: UInt8(slot.letter.count), bytes: slot.letter.isEmpty ? [] : slot.letter[part]
        ).append(to: &bytes)
        return (.done, bytes)
    }
}

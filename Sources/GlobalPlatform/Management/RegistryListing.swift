import Diagnostics
public import ISO7816

/// What a card lists of its registry, and what it does not (GlobalPlatform Card Specification 2.3.1, 11.4).
///
/// Cards differ in what they list: older ones know only the form without tags, some no modules, some fail for one kind
/// of entry. What one request fails to give is named, and the others are asked all the same.
public struct RegistryListing: Sendable {
    /// Something that the card does not offer, where the entries are listed in another way.
    public enum Remark: Sendable, Hashable {
        /// The card lists without tags (P2=00), so associated domains, packages and versions are not given.
        case withoutTags
        /// The card refuses P1=10 with this status: packages are listed by P1=20, without their modules.
        case withoutModules(StatusWord)
    }

    /// The entries, in the order of the kinds asked for.
    public internal(set) var entries: [RegistryEntry] = []
    /// Why entries may be missing, or parts of them: one per failed request or malformed place.
    public internal(set) var failures: [GlobalPlatformError] = []
    /// What differs from a complete list although nothing failed.
    public internal(set) var remarks: [Remark] = []
}

extension CardChannel {
    /// The card's registry, as far as it lists it: GET STATUS for each of `kinds`, repeated while the card has more
    /// (6310).
    ///
    /// P2=02 asks for data objects; a card that refuses it is asked with P2=00, for the older form. A card that refuses
    /// packages with modules (P1=10) is asked for packages alone (P1=20). Status word 6A88 means that there are no such
    /// entries; where it may also mean that the card does not know the request, the other one is sent too.
    ///
    /// - Parameters:
    ///   - kinds: of the requested entries.
    ///   - limit: maximum number of entries and of requests per kind, since a card might never end.
    public func registryListing(
        _ kinds: [RegistryEntry.Kind] = RegistryEntry.Kind.allCases, limit: Int = 1024
    ) -> RegistryListing {
        var reader = RegistryReader(channel: self, limit: limit)
        for kind in kinds where !reader.hasLostCard { reader.read(kind) }
        return reader.listing
    }
}

extension SecureChannel {
    /// The same, where a refusal may end the channel (6982, 6988): what is not listed yet is asked for in a new one.
    ///
    /// - Parameters:
    ///   - kinds: of the requested entries.
    ///   - limit: maximum number of entries and of requests per kind, since a card might never end.
    ///   - reopen: opens the new channel to the same security domain.
    public func registryListing(
        _ kinds: [RegistryEntry.Kind] = RegistryEntry.Kind.allCases, limit: Int = 1024,
        reopening reopen: @escaping () throws(GlobalPlatformError) -> SecureChannel<Base>
    ) -> RegistryListing {
        var reader = RegistryReader(channel: self, limit: limit) { ended throws(GlobalPlatformError) in
            ended.hasEnded ? try reopen() : ended
        }
        for kind in kinds where !reader.hasLostCard { reader.read(kind) }
        return reader.listing
    }
}

/// Asks for one kind after the other.
private struct RegistryReader<Channel: CardChannel> {
    private var channel: Channel
    private let limit: Int
    /// The channel for a next list: another where this one has ended.
    private let next: (Channel) throws(GlobalPlatformError) -> Channel
    var listing = RegistryListing()
    /// Whether the card answers no more: nothing else is asked.
    var hasLostCard = false
    /// P2 of the form in which the card has listed first.
    private var form: UInt8?

    init(
        channel: Channel, limit: Int,
        next: @escaping (Channel) throws(GlobalPlatformError) -> Channel = { channel throws(GlobalPlatformError) in
            channel
        }
    ) {
        self.channel = channel
        self.limit = limit
        self.next = next
    }

    mutating func read(_ kind: RegistryEntry.Kind) {
        let outcome = list(kind, p1: kind.rawValue)
        guard kind == .packages, !outcome.isListed, !hasLostCard else {
            if let refusal = outcome.refusal { listing.failures.append(refusal) }
            return
        }
        // Executable load files only, without their modules.
        let count = listing.entries.count
        let further = list(kind, p1: 0x20)
        let areListed = listing.entries.count > count
        guard let refusal = outcome.refusal else {
            // There are no packages, or the card says so of those with modules.
            if areListed { listing.remarks.append(.withoutModules(.referencedDataNotFound)) }
            if hasLostCard, let loss = further.refusal { listing.failures.append(loss) }
            return
        }
        if let status = refusal.status, isUnsupported(status), further.refusal == nil {
            if areListed { listing.remarks.append(.withoutModules(status)) }
            return
        }
        listing.failures.append(refusal)
        if let more = further.refusal { listing.failures.append(more) }
    }

    /// Lists what the card has for `p1`.
    ///
    /// - Returns: why the card lists nothing, nil where it has nothing of the kind; and whether it lists, completely or
    ///   not.
    private mutating func list(
        _ kind: RegistryEntry.Kind, p1: UInt8
    ) -> (refusal: GlobalPlatformError?, isListed: Bool) {
        var refusal: GlobalPlatformError?
        var hasNone = false
        // Some cards have one form for one kind, and the other for another.
        for p2: UInt8 in form == 0x00 ? [0x00, 0x02] : [0x02, 0x00] {
            let name = Self.name(p1)
            let response: ResponseAPDU
            do throws(GlobalPlatformError) {
                channel = try next(channel)
                response = try request(p1, p2, name)
            } catch {
                hasLostCard = true
                return (error, false)
            }
            if response.status == .referencedDataNotFound {
                // An issuer security domain lists itself: the card may not know the form.
                if p1 == 0x80, p2 == 0x02, form == nil {
                    hasNone = true
                    continue
                }
                // After a refusal of packages with modules, packages alone may still be listed. And after a refusal in
                // the form that the card has, it may not know the other.
                let isOtherForm = form != nil && p2 != form
                return (p1 == 0x10 || isOtherForm ? refusal : nil, false)
            }
            if isList(response.status) {
                if p2 == 0x00, !listing.remarks.contains(.withoutTags) { listing.remarks.append(.withoutTags) }
                if form == nil { form = p2 }
                readPages(kind, p1, p2, response, name)
                return (nil, true)
            }
            if refusal == nil { refusal = GlobalPlatformError(.refused, name, status: response.status) }
            guard isUnsupported(response.status) else { break }
        }
        return (hasNone ? nil : refusal, false)
    }

    private mutating func readPages(
        _ kind: RegistryEntry.Kind, _ p1: UInt8, _ p2: UInt8, _ first: ResponseAPDU, _ name: String
    ) {
        var (response, isFirst) = (first, true)
        var (count, requests) = (0, 1)
        var seen: Set<RegistryEntry> = []
        var cut: RegistryPage.Cut?
        while true {
            let data = [UInt8](response.data)
            var page = RegistryPage(data, kind, p1)
            if let rest = cut, !data.starts(with: rest.bytes) {
                // The card goes on within the entry, or has left its end out. (A card may also begin the entry again.)
                let joined = RegistryPage(rest.bytes + data, kind, p1)
                let isJoined =
                    joined.faultCount < page.faultCount
                    || joined.faultCount == page.faultCount && !joined.entries.isEmpty
                if isJoined { page = joined } else { fail(.listIncomplete, name, rest.fault) }
            }
            let new = page.entries.filter { seen.insert($0).inserted }
            listing.entries += new
            count += new.count
            for fault in page.faults { fail(.malformedAnswer, name, fault) }
            cut = page.cut
            let isRepeated = !isFirst && new.isEmpty && !page.entries.isEmpty
            if isRepeated {
                fail(.listRepeats, name, nil)
                return
            }
            guard response.status.rawValue == 0x6310 else { break }
            guard !data.isEmpty, count < limit, requests < limit else {
                fail(.listIncomplete, name, Circumstance("the card announces more after \(count) entries"))
                return
            }
            do throws(GlobalPlatformError) {
                response = try request(p1, p2 | 0x01, name)
            } catch {
                hasLostCard = true
                listing.failures.append(error)
                return
            }
            (isFirst, requests) = (false, requests + 1)
            if response.status == .referencedDataNotFound { break }
            guard isList(response.status) else {
                listing.failures.append(
                    GlobalPlatformError(.refused, "\(name), after \(count) entries", status: response.status))
                break
            }
        }
        if let cut { end(with: cut, name) }
        // Another warning: the list may lack something.
        if response.status != .success, response.status != .referencedDataNotFound, isList(response.status) {
            listing.failures.append(GlobalPlatformError(.listIncomplete, name, status: response.status))
        }
    }

    /// An entry that ends with the answer: cut, or with a wrong length.
    private mutating func end(with cut: RegistryPage.Cut, _ name: String) {
        // An answer that a card or reader cuts has the maximum length of short answers, with or without status word.
        if let entry = cut.entry, cut.answerCount < 254 {
            listing.entries.append(entry)
            fail(.malformedAnswer, name, cut.fault)
        } else {
            fail(.listIncomplete, name, cut.fault)
        }
    }

    private mutating func fail(_ code: GlobalPlatformError.Code, _ name: String, _ cause: (any Error)?) {
        listing.failures.append(GlobalPlatformError(code, name, cause: cause))
    }

    private func request(_ p1: UInt8, _ p2: UInt8, _ name: String) throws(GlobalPlatformError) -> ResponseAPDU {
        try channel.exchange(command(name, 0xF2, p1, p2, [0x4F, 0x00]), name)
    }

    /// Success, or a warning, with which data may come.
    private func isList(_ status: StatusWord) -> Bool {
        status == .success || status.sw1 == 0x62 || status.sw1 == 0x63
    }

    /// Whether the card says that it does not know the parameters.
    private func isUnsupported(_ status: StatusWord) -> Bool {
        [0x6700, 0x6A80, 0x6A81, 0x6A86, 0x6B00].contains(status.rawValue)
    }

    /// The request in words.
    private static func name(_ p1: UInt8) -> String {
        let kind =
            switch p1 {
            case 0x80: "issuer security domain"
            case 0x40: "applications"
            case 0x20: "packages"
            default: "packages with modules"
            }
        return "GET STATUS P1=\([p1].hexadecimal()) (\(kind))"
    }
}

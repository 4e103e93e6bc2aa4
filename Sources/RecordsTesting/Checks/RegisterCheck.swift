import CardCrypto
import Records
import ValueProtocol

extension Trial {
    func checkRegister() throws {
        let store = try opened()
        let eid = card(1)
        try equal(try store.elements(), [], "elements of empty records")
        try equal(try store.element(eid), nil, "an element that was never contacted")
        try equal(try store.lastNT(of: eid), nil, "its NT")
        try equal(try store.highestVersion(of: .credit, for: eid), nil, "its CREDIT key's version")
        try equal(try store.wasIssued(eid), false, "whether it was issued")

        try contact(eid, 7, KeyName(.credit, 2), in: store)
        try contact(eid, 9, KeyName(.usage, 5), in: store)
        for nt: UInt32 in [9, 8, 0] {
            try isStale(eid, nt, in: store)
            try isStale(eid, nt, in: try opened())
        }
        try store.recordLoadedKeys([KeyName(.admin, 3), KeyName(.admin, 2), KeyName(.credit, 1)], to: eid)
        try store.recordLoadedKeys([KeyName(.usage, 4)], to: eid)
        try contact(eid, 10, KeyName(.admin, 1), in: store)
        try equal(try store.wasIssued(eid), false, "whether it was issued, before it was")
        for _ in 0..<2 { try store.recordIssued(eid) }

        let expected = ElementRecord(
            eid: eid, lastNT: 10, wasIssued: true, status: .inUse,
            keys: [KeyName(.credit, 2), KeyName(.usage, 5), KeyName(.admin, 3)])
        for store in [store, try opened()] {
            try equal(try store.element(eid), expected, "the element")
            try equal(try store.lastNT(of: eid), 10, "its NT")
            try equal(try store.wasIssued(eid), true, "whether it was issued")
            let versions = try Purpose.allCases.map { try store.highestVersion(of: $0, for: eid) }
            try equal(versions, [2, nil, 5, 3, nil], "its keys' versions")
            try equal(try store.element(card(2)), nil, "another element")
        }
        let others = (2...20).map(card)
        for other in others { try contact(other, 1, KeyName(.credit, 1), in: store) }
        try equal(
            try store.elements().map(\.eid), (others + [eid]).sorted(), "all elements ever contacted, by identifier")
        try equal(try store.element(eid), expected, "an element after others were contacted")
    }

    func contact(_ eid: PartyID, _ nt: UInt32, _ key: KeyName, in store: any RecordAccess) throws {
        try store.recordGenuine(SessionIdentity(key: key, pid: .none, eid: eid, nt: nt, r1: .zero, r2: .zero))
    }

    /// The version of its key must not be recorded either.
    private func isStale(_ eid: PartyID, _ nt: UInt32, in store: any RecordAccess) throws {
        let what = "a session with NT \(nt) after one with NT 9"
        try leaves(store, what) {
            do {
                try contact(eid, nt, KeyName(.credit, 200), in: store)
            } catch let error as SessionError {
                try require(
                    error.code == .staleElement,
                    "\(what): expected “\(SessionError.Code.staleElement)”, found “\(error)”")
                return
            }
            throw violation("\(what): expected the error “\(SessionError.Code.staleElement)”, found none")
        }
    }
}

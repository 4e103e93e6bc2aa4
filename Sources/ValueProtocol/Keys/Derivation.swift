public import CardCrypto

extension CipherSuite {
    /// The element key `name` of the element `eid`, derived from the master key of the same name (protocol §2; NXP
    /// AN10922).
    public func elementKey(_ master: Secret, _ name: KeyName, for eid: PartyID) -> Secret {
        diversify(master, eid, name)
    }

    /// The card-to-meter key Kx, derived from the meter's own TRANSFER key (protocol §2).
    public func cardToMeterKey(_ meterKey: Secret, version: UInt8, card: PartyID) -> Secret {
        diversify(meterKey, card, KeyName(.transfer, version))
    }

    private func diversify(_ key: Secret, _ id: PartyID, _ name: KeyName) -> Secret {
        var input = Message()
        input.append(0x01)
        input.append(id)
        input.append(name)
        input.append("ValueStore")
        return Secret(mac(.diversification, key).sign(input.span))
    }
}

extension Secret {
    /// The XOR of two secrets of equal length: how the components of a key are combined (protocol §8).
    public func combined(with other: Secret) -> Secret {
        precondition(count == other.count, "components of one key have one length")
        return unsafe Secret(count: count) { bytes in
            unsafe withBytes { a in
                unsafe other.withBytes { b in
                    for index in 0..<count { unsafe bytes[index] = a[index] ^ b[index] }
                }
            }
        }
    }
}

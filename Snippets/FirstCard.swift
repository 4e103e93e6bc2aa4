import CardCrypto
import CardTrace
import ISO7816
import ValueElement
import ValueProtocol

// A blank card of this system, in memory, with a transport key of its own.
let suite = try CipherSuite()
let id = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x01_1234)
let transportKey = suite.elementKey(try SystemRandomness.key(), .transport, for: id)
let card = try ValueCard(VolatileMemory(ValueCard.blank(id, transportKey: transportKey)))

// A channel to it, which prints each APDU with its meaning.
var decoder = TraceDecoder(try APDUDictionary())
let channel = TracingChannel(try InProcessChannel(card), name: "card") { event in
    for line in TraceText().lines(for: decoder.decode(event)) { print(line) }
}

let element = try ElementInfo.select(over: channel)
let answer = try channel.transmit(try CommandAPDU(cla: 0x00, ins: 0xCA, p1: 0x01, p2: 0x00, expectedLength: 256))
print(element.eid, element.state, "sessions so far:", answer.data[8...11].reduce(0) { $0 << 8 | UInt32($1) })

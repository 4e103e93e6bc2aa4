import ISO7816
import ValueElement
import ValueProtocol

/// A card for articles in which any card would do, so that they import only what they show.
enum ArticleCards {
    static let id = PartyID(issuer: 1, kind: .masterKeyCard, number: 1)
    static let aid = ElementApplication.purse.aid

    static func blankMasterKeyCard() throws -> InProcessChannel {
        try InProcessChannel(ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(id))))
    }
}

struct ArticleError: Error {}

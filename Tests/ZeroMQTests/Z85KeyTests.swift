import Testing
import ZeroMQ

@Suite struct Z85KeyTests {
    /// From ZeroMQ RFC 32's neighbour, zmq_curve(7): the keys of its example.
    private static let publicText = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
    private static let secretText = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

    @Test func `a key keeps its text`() {
        #expect(Z85Key(Self.publicText)?.text == Self.publicText)
    }

    @Test(arguments: [
        "",
        String(repeating: "0", count: 39),
        String(repeating: "0", count: 41),
        String(repeating: "0", count: 39) + " ",  // Not in the alphabet.
        String(repeating: "0", count: 39) + "\"",
        String(repeating: "0", count: 38) + "é",  // 40 bytes, 39 characters.
        String(repeating: "0", count: 39) + "\u{301}",  // 40 characters for some, 41 bytes.
        String(repeating: "0", count: 35) + "\u{0}0000",  // C would stop here.
        String(repeating: "#", count: 40),  // Above 32 bits: 85^5 - 1.
    ])
    func `what is no key`(_ text: String) {
        #expect(Z85Key(text) == nil)
    }

    @Test func `the public key follows from the secret one`() throws {
        let pair = try CurveKeyPair(secret: try #require(Z85Key(Self.secretText)))
        #expect(pair.publicKey.text == Self.publicText)
    }

    @Test func `generated pairs are sound, and no two are the same`() throws {
        let pairs = try (0..<20).map { _ in try CurveKeyPair.generate() }
        #expect(Set(pairs).count == 20)
        for pair in pairs {
            #expect(try CurveKeyPair(secret: pair.secretKey) == pair)
            #expect(Z85Key(pair.publicKey.text) == pair.publicKey)
        }
    }

    @Test func `no description shows a secret key`() throws {
        let pair = try CurveKeyPair.generate()
        var dumped = ""
        dump(pair, to: &dumped)
        let security = Security.client(server: pair.publicKey, keys: pair)
        let texts = ["\(pair)", "\(pair.secretKey)", String(reflecting: pair), dumped, "\(security)"]
        for text in texts {
            #expect(!text.contains(pair.secretKey.text))
        }
        #expect("\(pair)".contains(pair.publicKey.text))
    }
}

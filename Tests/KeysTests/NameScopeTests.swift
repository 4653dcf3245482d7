import Keys
import Testing
import Tickets
import ZeroMQ

@Suite struct NameScopeTests {
    @Test(
        arguments: [
            // scope, name, whether the key `berlin` may speak for it
            (nil, "berlin", true), (nil, "berlin-1", false), (nil, "olga", false),
            ("berlin-*", "berlin", true), ("berlin-*", "berlin-1", true), ("berlin-*", "berlin-", true),
            ("berlin-*", "berlin2", false), ("berlin-*", "Berlin-1", false), ("berlin-*", "xberlin-1", false),
            ("*", "olga", true),
        ] as [(String?, Name, Bool)])
    func `a key speaks for itself and for its scope`(_ row: (scope: String?, name: Name, may: Bool)) throws {
        let scope = try row.scope.map { try #require(NameScope($0)) } ?? .own
        let key = AuthorizedKey(
            publicKey: try CurveKeyPair.generate().publicKey, userID: UserID(role: .node, name: "berlin"),
            scope: scope)
        #expect(key.maySpeak(for: row.name) == row.may)
        #expect(scope.text == row.scope ?? "")
    }

    @Test(arguments: ["", "berlin", "ber*lin", "**", "be rlin*", "*berlin", "ä*"])
    func `what is no scope is refused`(_ text: String) {
        #expect(NameScope(text) == nil)
    }
}

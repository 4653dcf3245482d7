import Testing
import Tickets

@Suite struct NameTests {
    @Test(arguments: ["a", "line-one", "Ann.B_c@example-1", String(repeating: "x", count: 64)])
    func `one to 64 bytes of the alphabet are a name`(_ text: String) {
        #expect(Name(text)?.text == text)
    }

    @Test(arguments: [
        "", " ", "a b", "é", "e\u{301}", "a\n", "a\r\n", "a\0", "a/b", "a:b", "名", "a\u{202e}b",
        String(repeating: "x", count: 65),
    ])
    func `anything else is not`(_ text: String) {
        #expect(Name(text) == nil)
    }

    @Test func `names are ordered by their bytes`() {
        let names: [Name] = ["b", "a", "B", "a-b", "a.b", "a1"]
        #expect(names.sorted().map(\.text) == ["B", "a", "a-b", "a.b", "a1", "b"])
    }
}

import Client
import Testing
import Tickets
import Wire

@Suite struct CommandIDTests {
    @Test func `an id from a text is the first half of its SHA-256`() {
        // printf abc | sha256sum
        #expect(CommandID(derivedFrom: "abc").hexadecimal == "ba7816bf8f01cfea414140de5dae2223")
        #expect(CommandID(derivedFrom: "").hexadecimal == "e3b0c44298fc1c149afbf4c8996fb924")
    }

    @Test func `texts that look alike have different ids`() {
        #expect(CommandID(derivedFrom: "\u{E9}") != CommandID(derivedFrom: "e\u{301}"))
    }

    @Test func `random ids differ`() {
        let ids = Set((0..<1_000).map { _ in CommandID.random() })
        #expect(ids.count == 1_000)
    }

    @Test(arguments: ["00000000000000000000000000000000", "ba7816bf8f01cfea414140de5dae2223"])
    func `an id comes back from its digits`(_ text: String) {
        #expect(CommandID(hexadecimal: text)?.hexadecimal == text)
    }

    @Test(arguments: ["", "ba7816bf", "+a7816bf8f01cfea414140de5dae2223", "xa7816bf8f01cfea414140de5dae2223"])
    func `what is no id is none`(_ text: String) {
        #expect(CommandID(hexadecimal: text) == nil)
    }
}

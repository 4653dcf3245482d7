package import Tickets

/// What a key's owner is called on the wire, in the `User-Id` of each message: `node:line-one-a`.
///
/// The ZAP handler gives it to a connection; whoever receives a message reads from it who sent it.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package var role: Role
    package var name: Name

    package init(role: Role, name: Name) {
        self.role = role
        self.name = name
    }

    /// Nil unless the text is a role, a colon and a name.
    package init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let role = Role(word: String(text[..<colon])),
            let name = Name(String(text[text.index(after: colon)...]))
        else { return nil }
        self.init(role: role, name: name)
    }

    /// The role, a colon and the name: at most 76 bytes, all of them ASCII.
    package var text: String { "\(role.word):\(name.text)" }
    package var description: String { text }
}

import Tickets

extension Name {
    /// A name that somebody typed.
    init(argument text: String, _ what: String) throws {
        guard let name = Name(text) else {
            throw Failure(
                .usage,
                "\(what) is `\(Terminal.harmless(text))`: a name has 1 to \(Name.bytesMax) letters, digits, or any of . _ @ -"
            )
        }
        self = name
    }
}

/// Customers to whom a desk promises something of their own, or whose tickets go another way.
package struct CustomerGroup: Hashable, Sendable {
    /// What promises and rules call it; no two of a desk share one.
    package var name: String
    /// Addresses; `@example.org` stands for all of a domain. Their case does not matter.
    package var customers: [String]

    package init(name: String, customers: [String]) {
        self.name = name
        self.customers = customers
    }
}

extension UInt8 {
    /// A byte of a customer's name without what does not matter: a capital letter of ASCII as the small one. Other letters
    /// have more bytes than one, and are left as they are.
    @inlinable package var withoutCase: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}

extension String {
    /// Equal by bytes, as the store compares.
    package func isSameText(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Equal but for the case of Latin letters, as the desk compares its customers.
    package func isSameCustomer(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8) { $0.withoutCase == $1.withoutCase }
    }

    /// Whether a customer's address is one of some, which may stand for all of a domain: `@example.org`.
    package func isAddress(among addresses: [String]) -> Bool {
        let customer = lowercased()
        return addresses.contains { address in
            let address = address.lowercased()
            return address.hasPrefix("@") ? customer.hasSuffix(address) : customer == address
        }
    }
}

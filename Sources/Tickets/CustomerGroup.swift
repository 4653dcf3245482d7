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

extension String {
    /// Equal by bytes, as the store compares.
    package func isSameText(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether a customer's address is one of some, which may stand for all of a domain: `@example.org`.
    package func isAddress(among addresses: [String]) -> Bool {
        let customer = lowercased()
        return addresses.contains { address in
            let address = address.lowercased()
            return address.hasPrefix("@") ? customer.hasSuffix(address) : customer == address
        }
    }
}

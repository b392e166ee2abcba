// The certified oidc-provider with four people of a city hall. Its own development pages ask for name and consent.
import { Provider } from 'oidc-provider';

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const people = {
  ana: { name: 'Ana Ruiz', preferred_username: 'Ana.Ruiz@example.gov', groups: ['everybody', 'desk'] },
  boss: { name: 'Bo Oss', preferred_username: 'bo', groups: ['311-admins', 'desk'] },
  nobody: { name: 'No Body', preferred_username: 'nobody', groups: ['everybody'] },
  maria: { name: 'Not Maria', preferred_username: 'maria', groups: ['desk'] },
};
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'cityline',
    client_secret: 'a secret of the two of us',
    redirect_uris: [callback],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  scopes: ['openid', 'profile', 'groups'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  pkce: { required: () => true },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  features: { devInteractions: { enabled: true } },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));

import '../ui/calls.css';
import { startPage } from '../ui/start-page.tsx';
import { PhonePage } from './phone-page.tsx';

startPage({ title: (t) => t.phoneTitle, page: (user) => <PhonePage user={user} /> });
